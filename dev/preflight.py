"""`python -m dev.preflight`: install the servers that tests and demo start."""

import subprocess
import sys
from contextlib import suppress

from dev.compose.program import compose_program
from dev.faults import MissingError, StackError
from dev.kafka.jars import fetch_jars
from dev.kafka.sharing import share_classes
from dev.packages import preflight

if __name__ == "__main__":
    try:
        preflight(also=("mvn", "chromium", "ip", "node", "npm"))
        fetch_jars(subprocess.Popen)
        with suppress(MissingError):  # its tests are skipped, and say why
            compose_program()
        share_classes()
    except StackError as error:
        sys.exit(str(error))
