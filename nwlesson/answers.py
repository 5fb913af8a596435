"""The numbers of an answer to an exercise, in whatever form a reader writes them."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any


def all_numbers(answer: Any) -> list[float]:
    """Return all numbers of an answer in a row.

    Parameters
    ----------
    answer : number, str, Tensor or sequence
        What the reader has written: `0.5`, `"1/2"`, a tensor or an array of any shape, a list of these.

    Returns
    -------
    list of float
        Its numbers, without their shape.

    Raises
    ------
    AssertionError
        If something in it is no number; that is said in words.

    Examples
    --------
    >>> from fractions import Fraction
    >>> all_numbers([Fraction(1, 2), "1/4", 0.25])
    [0.5, 0.25, 0.25]
    """
    if hasattr(answer, "tolist"):  # a tensor, with a gradient or without, or an array
        answer = answer.tolist()
    if isinstance(answer, Iterable) and not isinstance(answer, str):
        return [one for part in answer for one in all_numbers(part)]
    try:
        return [float(Fraction(answer) if isinstance(answer, str) and "/" in answer else answer)]
    except (TypeError, ValueError, ZeroDivisionError):
        raise AssertionError(f"a number, please, not {answer!r}") from None


def one_number(answer: Any) -> float:
    """Return the one number of an answer.

    Parameters
    ----------
    answer : number, str, Tensor or sequence
        As `all_numbers` takes it.

    Returns
    -------
    float
        Its number.

    Raises
    ------
    AssertionError
        If it has no number, or several.

    Examples
    --------
    >>> one_number("2/3") == one_number([[2 / 3]])
    True
    """
    found = all_numbers(answer)
    if len(found) != 1:
        raise AssertionError(f"one number, please, not {len(found)}")
    return found[0]
