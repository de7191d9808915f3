"""``python -m generator``: the command ``jackfield``."""

import sys

from generator.cli import main

sys.exit(main())
