"""The same pooling as a torch module with one number to learn."""

import torch
from torch import Tensor, nn

from nwlesson._checks import check_alike, check_fits, check_form, check_number, check_shape, check_tensor
from nwlesson.pooling import attention_weights


class NWKernelRegression(nn.Module):
    """Nadaraya-Watson kernel regression with a learned inverse width w.

    Parameters
    ----------
    w : float, optional
        Where w starts. By default a random number between 0 and 1, as in *Dive into Deep Learning*.
    generator : torch.Generator, optional
        Draws that number; by default torch's global generator.

    Attributes
    ----------
    w : torch.nn.Parameter
        Shape (1,), in 1 / units of x.
    attention_weights : Tensor
        The weights of the last call, shape (n_queries, n_keys), to look at: they carry no gradient.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import NWKernelRegression, attention_weights
    >>> net = NWKernelRegression(w=1.0)
    >>> keys, values = torch.tensor([[1.0, 2.0, 4.0]]), torch.tensor([[10.0, 20.0, 40.0]])
    >>> net(torch.tensor([2.0]), keys, values).detach()
    tensor([18.0718])
    >>> net.attention_weights.shape
    torch.Size([1, 3])
    """

    attention_weights: Tensor

    def __init__(self, w: float | None = None, *, generator: torch.Generator | None = None) -> None:
        super().__init__()
        if w is None:
            start = torch.rand(1, generator=generator)
        else:
            w = check_number("w", w)
            check_fits("w", w, torch.get_default_dtype())
            start = torch.tensor([w])
        self.w = nn.Parameter(start)

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Predict one number for each query.

        Parameters
        ----------
        queries : Tensor
            Shape (n_queries,), or (n_queries, n_features) where each query is a vector.
        keys : Tensor
            Shape (n_queries, n_keys), or (n_queries, n_keys, n_features): row i holds the keys that query i may
            look at.
        values : Tensor
            Shape (n_queries, n_keys): their values.

        Returns
        -------
        Tensor
            Shape (n_queries,).

        Raises
        ------
        TypeError, ValueError
            As in `attention_pooling`; and if w has another dtype: ``model.double()`` is for data in float64.
        """
        weights = attention_weights(queries, keys, self.w)
        check_form("keys", keys, queries.dim() + 1)
        check_tensor("values", values, 2)
        check_shape("values", values, tuple(weights.shape), "one value for each key")
        check_alike(keys=keys, values=values)
        self.attention_weights = weights.detach()  # or a model that has been called could not be copied
        # (n_queries, 1, n_keys) times (n_queries, n_keys, 1) is (n_queries, 1, 1)
        return torch.bmm(weights.unsqueeze(1), values.unsqueeze(-1)).reshape(-1)
