"""Values with their gradient and Hessian, in mpmath with 50 digits: second-order forward differentiation."""

import mpmath as mp

mp.mp.dps = 50


class Jet:
    def __init__(self, value, gradient, hessian):
        self.value, self.gradient, self.hessian = value, gradient, hessian

    def through(self, f0, f1, f2):
        """f(self), from f and its two derivatives at the value."""
        g, n = self.gradient, range(len(self.gradient))
        return Jet(
            f0,
            [f1 * a for a in g],
            [[f1 * self.hessian[i][j] + f2 * g[i] * g[j] for j in n] for i in n],
        )

    def __add__(self, other):
        if not isinstance(other, Jet):
            return Jet(self.value + other, self.gradient, self.hessian)
        n = range(len(self.gradient))
        return Jet(
            self.value + other.value,
            [self.gradient[i] + other.gradient[i] for i in n],
            [[self.hessian[i][j] + other.hessian[i][j] for j in n] for i in n],
        )

    def __mul__(self, other):
        n = range(len(self.gradient))
        if not isinstance(other, Jet):
            return self.through(self.value * other, other, 0)
        a, b, p, q = self.value, other.value, self.gradient, other.gradient
        return Jet(
            a * b,
            [a * q[i] + b * p[i] for i in n],
            [[a * other.hessian[i][j] + b * self.hessian[i][j] + p[i] * q[j] + q[i] * p[j] for j in n] for i in n],
        )

    def __truediv__(self, other):
        if not isinstance(other, Jet):
            return self * (mp.mpf(1) / other)
        v = other.value
        return self * other.through(1 / v, -1 / v**2, 2 / v**3)

    def __rtruediv__(self, other):
        v = self.value
        return self.through(1 / v, -1 / v**2, 2 / v**3) * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    __radd__ = __add__
    __rmul__ = __mul__


def elementary(f, first, second):
    def apply(x):
        return x.through(f(x.value), first(x.value), second(x.value)) if isinstance(x, Jet) else f(x)

    return staticmethod(apply)


class Arithmetic:
    """The elementary functions that functions.py asks for."""

    pi = mp.pi
    exp = elementary(mp.exp, mp.exp, mp.exp)
    log = elementary(mp.log, lambda v: 1 / v, lambda v: -1 / v**2)
    sin = elementary(mp.sin, mp.cos, lambda v: -mp.sin(v))
    cos = elementary(mp.cos, lambda v: -mp.sin(v), lambda v: -mp.cos(v))
    atan = elementary(mp.atan, lambda v: 1 / (1 + v**2), lambda v: -2 * v / (1 + v**2) ** 2)
    sqrt = elementary(mp.sqrt, lambda v: 1 / (2 * mp.sqrt(v)), lambda v: -1 / (4 * v * mp.sqrt(v)))
    abs = elementary(abs, mp.sign, lambda v: 0)

    @staticmethod
    def constant(value):
        return mp.mpf(value)

    @staticmethod
    def power(x, n):
        result = mp.mpf(1)
        for _ in range(n):
            result = result * x
        return result

    @staticmethod
    def power_real(x, y):
        return Arithmetic.exp(Arithmetic.log(x) * y)

    @staticmethod
    def select(x, positive, negative):
        return positive if x.value > 0 else negative


def variables(point):
    n = len(point)
    zero = [[mp.mpf(0)] * n for _ in range(n)]
    return [Jet(mp.mpf(v), [mp.mpf(int(i == j)) for j in range(n)], zero) for i, v in enumerate(point)]
