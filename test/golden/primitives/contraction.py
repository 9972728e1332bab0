"""Products with sums: matmul with its batches and promotions, dot, outer, einsum."""

import jax.numpy as jnp
import numpy as np
from oracle import Case, uniform

MATMULS = [
    ((2, 3), (3, 2)),
    ((1, 3), (3, 1)),
    ((3, 1), (1, 2)),
    ((1, 1), (1, 1)),
    # Batches: alike, absent on one side, stretched on one side, stretched on both.
    ((2, 2, 3), (2, 3, 2)),
    ((2, 2, 3), (3, 2)),
    ((2, 3), (2, 3, 2)),
    ((1, 2, 3), (2, 3, 2)),
    ((2, 1, 2, 2), (3, 2, 1)),
    ((2, 1, 1, 2), (1, 2, 2, 2)),
    # Vectors: a row on the left, a column on the right, both.
    ((3,), (3, 2)),
    ((2, 3), (3,)),
    ((3,), (3,)),
    ((1,), (1,)),
    ((3,), (2, 3, 2)),
    ((2, 2, 3), (3,)),
]

# The specification and one shape per operand.
EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 2)),
    ("ij,kj->ki", (2, 3), (2, 3)),
    ("bij,bjk->bik", (2, 2, 3), (2, 3, 2)),
    ("bij,jk->bik", (2, 2, 3), (3, 2)),
    ("ij->ji", (2, 3)),
    ("ijk->kij", (2, 3, 2)),
    ("ii->i", (3, 3)),
    ("ij->", (2, 3)),
    ("ij->j", (2, 3)),
    ("i->i", (3,)),
    ("i,j->ij", (2,), (3,)),
    ("i,i->", (3,), (3,)),
    ("ij,ij->ij", (2, 3), (2, 3)),
    ("i,ij->ij", (2,), (2, 3)),
    ("ijk,ilm,njm,nlk->", (2, 3, 2), (2, 2, 2), (2, 3, 2), (2, 2, 2)),
    ("ij,jk,kl->il", (2, 3), (3, 2), (2, 2)),
    ("i,ij,j->", (2,), (2, 3), (3,)),
    # No arrow: the letters that stand once, in alphabetic order.
    ("ij,jk", (2, 3), (3, 2)),
    ("ba", (2, 3)),
    ("ki,kj", (2, 2), (2, 3)),
    # A letter twice in one operand: the trace, and a diagonal met by another operand.
    ("ii", (3, 3)),
    ("ii,i->i", (3, 3), (3,)),
    ("iij->j", (2, 2, 3)),
    ("ii->", (1, 1)),
    # A letter that only one operand has and the result has not.
    ("ij,k->i", (2, 3), (2,)),
    (",i->i", (), (3,)),
]


def cases() -> list[Case]:
    found = [Case("matmul", f"{list(a)} {list(b)}", jnp.matmul, uniform(a, b)) for a, b in MATMULS]
    found += [
        Case("matmul", "by a constant", jnp.matmul, uniform((2, 3), (3, 2)), differentiable=(0,)),
        Case("matmul", "of a constant", jnp.matmul, uniform((2, 3), (3, 2)), differentiable=(1,)),
        Case("matmul", "inner axis of length 0", jnp.matmul, lambda _r, _k: [np.zeros((2, 0)), np.zeros((0, 3))]),
    ]
    found += [Case("dot", f"[{n}] [{n}]", jnp.dot, uniform((n,), (n,))) for n in (1, 3, 5)]
    found += [Case("outer", f"[{n}] [{m}]", jnp.outer, uniform((n,), (m,))) for n, m in ((2, 3), (3, 1), (1, 1))]
    for spec, *shapes in EINSUMS:

        def contracted(*operands, spec=spec):
            return jnp.einsum(spec, *operands)

        name = f"{spec} {' '.join(str(list(shape)) for shape in shapes)}"
        found.append(Case("einsum", name, contracted, uniform(*shapes), {"spec": spec}))
    return found
