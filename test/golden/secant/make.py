"""Quasi-Newton matrices and products of the inverse Hessian as SciPy computes them.

Source: scipy.optimize.BFGS, SR1 (hessupdate) and LbfgsInvHessProduct. Run: python make.py > secant.json
"""
import json
import numpy as np
import scipy
from scipy.optimize import BFGS, SR1, LbfgsInvHessProduct

rng = np.random.default_rng(27)
cases = []
for n in (2, 3, 5):
    a = rng.standard_normal((n, n))
    spd = a @ a.T + np.eye(n)
    indefinite = (a + a.T) / 2
    steps = rng.standard_normal((6, n))
    bfgs = BFGS(init_scale=1.0, exception_strategy="skip_update")
    bfgs.initialize(n, "inv_hess")
    sr1 = SR1(init_scale=1.0)
    sr1.initialize(n, "inv_hess")
    matrices = []
    for s in steps:
        bfgs.update(s, spd @ s)
        sr1.update(s, indefinite @ s)
        matrices.append({"bfgs": bfgs.get_matrix().tolist(), "sr1": sr1.get_matrix().tolist()})
    v = rng.standard_normal(n)
    product = LbfgsInvHessProduct(steps, steps @ spd)
    # SciPy starts from the identity: the scaled start is compared by scaling the last pair to <s, y> = <y, y>.
    y = steps @ spd
    y[-1] *= (steps[-1] @ y[-1]) / (y[-1] @ y[-1])
    scaled = LbfgsInvHessProduct(steps, y)
    cases.append(
        {
            "steps": steps.tolist(),
            "positive": spd.tolist(),
            "indefinite": indefinite.tolist(),
            "matrices": matrices,
            "changes": y.tolist(),
            "v": v.tolist(),
            "product": scaled.matvec(v).tolist(),
        }
    )
print(json.dumps({"scipy": scipy.__version__, "cases": cases}))
