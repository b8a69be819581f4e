"""Engines: what runs the task runs of a flow that may be spread over processes and machines."""

import importlib
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from resonance_core.config import RuntimeConfig
from resonance_core.errors import ConfigError


def task_runner(runtime: RuntimeConfig) -> TaskRunner[Any]:
    """Return the task runner of the engine that is set.

    Dask and Ray run in the cluster that is set, or in one of ``workers`` processes on this machine
    that ends with the flow. A process keeps its model loaded from task run to task run.

    Raises:
        ConfigError: The engine is not installed.
    """
    match runtime.engine:
        case "dask":
            dask = _library("prefect_dask", "dask")
            if runtime.cluster is not None:
                return dask.DaskTaskRunner(address=runtime.cluster)
            return dask.DaskTaskRunner(
                cluster_kwargs={
                    "n_workers": runtime.workers,
                    "threads_per_worker": 1,
                    "resources": {"GPU": runtime.shard_gpus},
                    "dashboard_address": None,
                }
            )
        case "ray":
            ray = _library("prefect_ray", "ray")
            if runtime.cluster is not None:
                return ray.RayTaskRunner(address=runtime.cluster)
            kwargs = {"num_cpus": runtime.workers, "include_dashboard": False}
            return ray.RayTaskRunner(init_kwargs=kwargs)
    return ThreadPoolTaskRunner(max_workers=runtime.workers)


def with_gpus(runtime: RuntimeConfig) -> AbstractContextManager[Any]:
    """Have the engine give GPUs to each task run that is submitted in the context.

    Ray knows its GPUs. A Dask worker says what it has, and sees what it is told to:
    ``CUDA_VISIBLE_DEVICES=0 dask worker ADDRESS --nthreads 1 --resources GPU=1``.
    """
    if runtime.shard_gpus and runtime.engine == "dask":
        return importlib.import_module("dask").annotate(resources={"GPU": runtime.shard_gpus})
    if runtime.shard_gpus and runtime.engine == "ray":
        options = importlib.import_module("prefect_ray.context").remote_options
        # Left to itself, Ray ends a process that used a GPU, and the model in it, after each call.
        return options(num_gpus=runtime.shard_gpus, max_calls=0)
    return nullcontext()


def _library(name: str, engine: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ConfigError(
            f"the engine {engine!r} needs {name.replace('_', '-')}, which cannot be imported "
            f"({error})",
            f"Install it: pip install 'resonance[{engine}]'",
        ) from error
