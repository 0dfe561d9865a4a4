"""Run a process tree of small children, each of which writes down what happens to it.

Usage: python tree_host.py FOLDER PACE NAME=BEHAVIOUR...  (PACE is JSON; see BEHAVIOURS).
"""

import json
import os
import sys
from pathlib import Path

from server.up.child import Command
from server.up.signals import Signals
from server.up.tree import Pace, Tree

CHILD = """
import os, signal, subprocess, sys, time
def note(what):
    with open("notes", "a") as file:
        file.write(f"{time.monotonic()} {sys.argv[1]} {what}\\n")
def stop(sign, frame):
    note(signal.Signals(sign).name)
    sys.exit(0)
for sign in (signal.SIGTERM, signal.SIGINT):
    signal.signal(sign, stop)
"""
BEHAVIOURS = {
    "waits": "note(f'pid {os.getpid()}'); signal.pause()",
    "ends": "note(f'pid {os.getpid()}'); sys.exit(3)",
    "lives": "note(f'pid {os.getpid()}'); time.sleep(0.3)",
    "stubborn": "signal.signal(signal.SIGTERM, signal.SIG_IGN); note(f'pid {os.getpid()}')\n"
    "while True: signal.pause()",
    "parent": "child = subprocess.Popen(['sleep', '600'])\n"
    "note(f'pid {child.pid}'); note(f'pid {os.getpid()}'); signal.pause()",
}

if __name__ == "__main__":
    folder, pace, *children = sys.argv[1:]
    os.chdir(Path(folder))
    commands = []
    for child in children:
        name, behaviour = child.split("=")
        words = [sys.executable, "-c", CHILD + BEHAVIOURS[behaviour], name]
        commands.append(Command(name, words, environment=os.environ))
    tree = Tree(
        database=None,
        commands=commands,
        say=lambda text: sys.stderr.write(f"{text}\n"),
        pace=Pace(**json.loads(pace)),
    )
    with Signals() as signals:
        tree.run(signals)
        tree.stop(signals)
