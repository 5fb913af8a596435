"""The kernels against the distributions of scipy, and what makes them kernels."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from nwlesson import boxcar, constant, epanechnikov, gaussian, log_gaussian, make_data, triangular

COMPACT = [boxcar, triangular, epanechnikov]
KERNELS = [gaussian, *COMPACT, constant]
u_values = np.linspace(-2.983, 3.017, 401)

# The density, and the area under our kernel: none of ours but epanechnikov's is 1 by design.
DENSITIES = {
    gaussian: (stats.norm.pdf, math.sqrt(2 * math.pi)),
    boxcar: (stats.uniform(-1, 2).pdf, 2),
    triangular: (stats.triang(0.5, -1, 2).pdf, 1),
    epanechnikov: (stats.beta(2, 2, loc=-1, scale=2).pdf, 1),
}


def at(kernel, u):
    return kernel(torch.tensor(u, dtype=torch.float64)).item()


@pytest.mark.parametrize("kernel", DENSITIES)
def test_kernel_is_the_density_of_its_name_times_its_area(kernel):
    density, area = DENSITIES[kernel]
    np.testing.assert_allclose(kernel(torch.tensor(u_values)).numpy(), density(u_values) * area, rtol=1e-12)


@pytest.mark.parametrize("kernel", DENSITIES)
def test_area_under_the_kernel(kernel):
    area, _ = integrate.quad(lambda u: at(kernel, u), -9, 9, points=[-1, 0, 1])
    assert area == pytest.approx(DENSITIES[kernel][1], rel=1e-9)


def test_constant_is_1_at_any_distance():
    assert torch.equal(constant(torch.tensor([0.0, -3.0, 1e30])), torch.ones(3))


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS)
@given(u=st.floats(0, 1e3), farther=st.floats(0, 1e3))
def test_weight_is_symmetric_not_negative_and_never_grows_with_distance(kernel, u, farther):
    assert at(kernel, u) == at(kernel, -u) >= 0
    assert at(kernel, u + farther) <= at(kernel, u) <= at(kernel, 0.0)


@pytest.mark.parametrize("kernel", [*KERNELS, log_gaussian])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_shape_and_dtype_are_kept(kernel, dtype):
    u = torch.ones(2, 3, dtype=dtype)
    assert (kernel(u).shape, kernel(u).dtype) == (u.shape, dtype)


@pytest.mark.parametrize(("kernel", "edge"), [(boxcar, 1), (triangular, 0), (epanechnikov, 0)])
def test_reach_ends_at_distance_1_which_only_the_boxcar_includes(kernel, edge):
    assert at(kernel, 1.0) == at(kernel, -1.0) == edge
    assert at(kernel, math.nextafter(1, 0)) > 0
    assert at(kernel, math.nextafter(1, 2)) == 0


@given(u=st.floats(-30, 30))
def test_log_gaussian_is_the_logarithm_of_the_gaussian(u):
    assert at(log_gaussian, u) == pytest.approx(math.log(at(gaussian, u)), rel=1e-12, abs=1e-12)


def test_log_gaussian_still_tells_distances_apart_where_the_gaussian_is_0():
    far = torch.tensor([100.0, 200.0])
    assert torch.equal(gaussian(far), torch.zeros(2))
    assert torch.equal(log_gaussian(far), torch.tensor([-5_000.0, -20_000.0]))


@pytest.mark.parametrize("kernel", [gaussian, *COMPACT])
def test_only_some_are_kernels_of_a_support_vector_machine(kernel):
    """Such a kernel is positive definite: its matrix over any points has no negative eigenvalue."""
    x = make_data(50, step=0.125).x_train.double()
    smallest = min(torch.linalg.eigvalsh(kernel((x[:, None] - x) * w)).min() for w in (0.5, 1.0, 2.0, 4.0))
    assert (smallest > -1e-9) == (kernel in (gaussian, triangular))
