"""A circuit as a stand-alone NumPy script. PyTorch's and JAX's (`engine.peers`) are made from the same parts."""

from engine.script.numpy_script import numpy_script
from engine.script.run import Run, Script, ScriptLine

__all__ = ["Run", "Script", "ScriptLine", "numpy_script"]
