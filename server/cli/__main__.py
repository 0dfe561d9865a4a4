"""Run the command as `python -m server.cli`, which is how the process tree starts its children."""

import sys

from server.cli import main

sys.exit(main())
