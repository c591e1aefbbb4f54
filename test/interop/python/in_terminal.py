"""Runs a program in a terminal of 30 lines by 100 and shows what it wrote: in_terminal.py <program> <argument>…"""

import fcntl
import os
import pty
import struct
import sys
import termios


program = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(program[0], program)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
try:
    while octets := os.read(terminal, 65536):
        sys.stdout.buffer.write(octets)
except OSError:
    # Linux says so when the last process of the terminal is gone.
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
