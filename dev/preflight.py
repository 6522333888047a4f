"""`python -m dev.preflight`: install the servers that tests and demo start."""

import subprocess
import sys

from dev.faults import StackError
from dev.kafka.jars import fetch_jars
from dev.kafka.sharing import share_classes
from dev.packages import preflight

if __name__ == "__main__":
    try:
        preflight(also=("chromium", "ip"))
        fetch_jars(subprocess.Popen)
        share_classes()
    except StackError as error:
        sys.exit(str(error))
