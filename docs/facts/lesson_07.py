"""Lesson 7: batches of small products."""

import torch


def facts() -> dict[str, str]:
    averages = torch.arange(20.0).reshape(2, 10).mean(dim=1)
    return {"bmm-first": f"{averages[0]:.1f}", "bmm-second": f"{averages[1]:.1f}"}
