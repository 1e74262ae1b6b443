"""A circuit as a PyTorch or JAX script: the same forward lines in the framework's words, its autodiff for the gradients.

A gate's line is made from the text of its primitive's `forward`: every NumPy function in it is looked up in the tables
of `frameworks.py`, which know functions and no primitives. Where that does not do, the primitive's record says it in its
own words (`spelled`). What neither says is refused by name.
"""

from engine.peers.scripts import jax_script, torch_script

__all__ = ["jax_script", "torch_script"]
