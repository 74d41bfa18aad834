# SPDX-License-Identifier: Apache-2.0
"""powercut.py: run a program on a folder, cut the power, go on with what was on the disk.

    cut = PowerCut(folder)                         # what is in the folder now counts as durable
    child = subprocess.Popen(..., env=cut.env())
    ...
    child.kill(); child.wait()
    cut.cut()                                      # the folder holds only what had been synced

The rules are at the head of powercut.c.  The library is AFTERSAIL_POWERCUT, or build/'s.
"""
import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class PowerCut:
    def __init__(self, folder, library=None):
        built = ROOT / "build" / "tests" / "fault" / "libpowercut.so"
        self.library = Path(library or os.environ.get("AFTERSAIL_POWERCUT", built)).resolve()
        if not self.library.exists():
            raise FileNotFoundError(f"{self.library} is not built")
        self.folder = Path(folder).resolve()
        self.shadow = self.folder.with_name(self.folder.name + ".durable")
        shutil.rmtree(self.shadow, ignore_errors=True)
        shutil.copytree(self.folder, self.shadow, ignore=self.not_files)

    @staticmethod
    def not_files(folder, names):
        """Sockets and pipes do not outlive a power cut."""
        paths = ((Path(folder) / name, name) for name in names)
        return [name for path, name in paths if not path.is_file() and not path.is_dir()]

    def env(self):
        return os.environ | {"LD_PRELOAD": str(self.library), "POWERCUT_DIR": str(self.folder),
                             "POWERCUT_SHADOW": str(self.shadow)}

    def cut(self):
        """Only after the program has been killed."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.shadow, self.folder)

    def clear(self):
        shutil.rmtree(self.shadow, ignore_errors=True)
