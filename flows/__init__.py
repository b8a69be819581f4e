"""Prefect flows; importing them sets Prefect's settings for this process.

``pyproject.toml`` says the same to Prefect's own commands, which read it only in this folder.
What the environment already says stays.
"""

import os

PREFECT_SETTINGS = {
    # The first start of the ephemeral server migrates a database: 10-40 s on a small machine.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    # With its defaults it drops task-run rows when the process ends.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
}

for name, value in {**PREFECT_SETTINGS, "DO_NOT_TRACK": "1"}.items():
    os.environ.setdefault(name, value)
