"""The report of last month, made and mailed on the first of every month: a DAG for Airflow 3.

Put this file into the DAGs folder. The workers need segreport (a virtual environment of its own, SEGREPORT below), a
disk that they share (FOLDER, with segreport.toml, the orders and the reports), and the password of the mail server in
the environment variable SEGREPORT_SMTP_PASSWORD, or where segreport.toml says.

Days are counted to the day of the schedule, not of the clock, so that a run that is made again, or made up for, is of
the same month. A second try mails to nobody twice: the ledger in the reports' folder knows who was served, and that the
owner was told of a report that is held back.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.sdk import dag, task

FOLDER = "/srv/segments"
SEGREPORT = f"{FOLDER}/.venv/bin/segreport"
FIRST = "{{ dag_run.run_after.strftime('%Y-%m-01') }}"  # of the month that the run is due in
MONTH = "{{ (dag_run.run_after.replace(day=1) - macros.timedelta(days=1)).strftime('%Y-%m') }}"  # the one before


@dag(
    schedule="0 6 1 * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),  # FIRST and MONTH are of UTC, too
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=3),
    default_args={"retries": 2, "retry_delay": timedelta(minutes=15)},
    tags=["marketing"],
    doc_md=__doc__,
)
def segment_report() -> None:
    """Check, run, send: each can be tried again by itself."""

    @task.bash(cwd=FOLDER)
    def check() -> str:
        """Try everything that the next two need."""
        return f"{SEGREPORT} check orders.parquet --out reports"

    @task.bash(cwd=FOLDER)
    def run() -> str:
        """Write the report; orders from the first of this month on do not count."""
        return f"{SEGREPORT} run orders.parquet --out reports --as-of {FIRST}"

    @task.bash(cwd=FOLDER)
    def send() -> str:
        """Mail the report; fails also where it is held back, so that Airflow tells, whether an owner is set or not."""
        return f"{SEGREPORT} send reports/{MONTH}"

    check() >> run() >> send()


segment_report()
