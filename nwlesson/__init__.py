"""Nadaraya-Watson kernel regression as the simplest attention."""

from nwlesson.bandwidth import fit_bandwidth
from nwlesson.data import RegressionData, make_data, truth
from nwlesson.diagrams import draw_bmm, draw_broadcasting, draw_leave_one_out, draw_repeat_interleave, draw_unsqueeze
from nwlesson.kernels import boxcar, constant, epanechnikov, gaussian, log_gaussian, triangular
from nwlesson.large import binned_pooling, chunked_attention_pooling, fused_attention_pooling, windowed_pooling
from nwlesson.leave_one_out import leave_one_out, leave_one_out_loss
from nwlesson.model import NWKernelRegression
from nwlesson.palette import COLOURS
from nwlesson.plotting import describe, plot_history, plot_kernel_reg, show_heatmaps
from nwlesson.pooling import (
    attention_pooling,
    attention_weights,
    average_pooling,
    effective_neighbours,
    scaled_distance,
)
from nwlesson.training import Epoch, train

__version__ = "0.1.0"

__all__ = [
    "COLOURS",
    "Epoch",
    "NWKernelRegression",
    "RegressionData",
    "attention_pooling",
    "attention_weights",
    "average_pooling",
    "binned_pooling",
    "boxcar",
    "chunked_attention_pooling",
    "constant",
    "describe",
    "draw_bmm",
    "draw_broadcasting",
    "draw_leave_one_out",
    "draw_repeat_interleave",
    "draw_unsqueeze",
    "effective_neighbours",
    "epanechnikov",
    "fit_bandwidth",
    "fused_attention_pooling",
    "gaussian",
    "leave_one_out",
    "leave_one_out_loss",
    "log_gaussian",
    "make_data",
    "plot_history",
    "plot_kernel_reg",
    "scaled_distance",
    "show_heatmaps",
    "train",
    "triangular",
    "truth",
    "windowed_pooling",
]
