"""PyTorch in float64 on the CPU. Argument: the number of threads. Products by double backward, the fastest of its ways."""

import sys

import torch
import torch.nn.functional as F
from serve import serve

torch.set_num_threads(int(sys.argv[1]))
torch.set_default_dtype(torch.float64)


def layers(p):
    return list(zip(p[0::2], p[1::2]))


def saddle(p):
    return 5 * p[0] ** 2 - p[1] ** 2


def rosenbrock(p):
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


def classifier(p, x, y):
    *hidden, (w, b) = layers(p)
    for weights, bias in hidden:
        x = torch.tanh(torch.addmm(bias, x, weights))
    return F.cross_entropy(torch.addmm(b, x, w), y)


def autoencoder(p, x):
    z, all_layers = x, layers(p)
    for i, (weights, bias) in enumerate(all_layers):
        z = torch.addmm(bias, z, weights)
        if i not in (len(all_layers) - 1, len(all_layers) // 2 - 1):
            z = torch.sigmoid(z)
    return F.binary_cross_entropy_with_logits(z, x, reduction="sum") / x.shape[0]


def recurrent(p, x, y):
    w_in, w, b, w_out, b_out = p
    steps, rows, symbols = x.shape
    h, hs = x.new_zeros(rows, w.shape[0]), []
    for z in torch.addmm(b, x.reshape(-1, symbols), w_in).reshape(steps, rows, -1).unbind():
        h = torch.tanh(torch.addmm(z, h, w))
        hs.append(h)
    return F.cross_entropy(torch.addmm(b_out, torch.cat(hs), w_out), y.reshape(-1, symbols))


losses = {
    "saddle": saddle,
    "rosenbrock": rosenbrock,
    "classifier": classifier,
    "autoencoder": autoencoder,
    "recurrent": recurrent,
}


def flat(tensors):
    return torch.cat([tensor.detach().reshape(-1) for tensor in tensors])


def split(vector, like):
    parts = vector.split([leaf.numel() for leaf in like])
    return [part.view(leaf.shape) for part, leaf in zip(parts, like)]


def prepare(task, p, v, data):
    p = [torch.from_numpy(leaf.copy()).requires_grad_() for leaf in p]
    v, data = [torch.from_numpy(leaf.copy()) for leaf in v], [torch.from_numpy(part) for part in data]
    f = losses[task["model"]]
    gradient = lambda create_graph: torch.autograd.grad(f(p, *data), p, create_graph=create_graph)
    of_vector = lambda vector: f(split(vector, p), *data)
    kept, vector = [], flat(p)

    def function():
        with torch.no_grad():
            return f(p, *data)

    def product():
        if not kept:
            kept.append(gradient(True))
        return torch.autograd.grad(kept[0], p, grad_outputs=v, retain_graph=True)

    def step():
        values, vectors = torch.linalg.eigh(torch.func.hessian(of_vector)(vector))
        along = (vectors.T @ torch.func.grad(of_vector)(vector)) / (values.abs() + task["damping"])
        after = vector - vectors @ along
        torch.func.grad_and_value(of_vector)(after)
        return after

    quantities = {
        "function": (function, lambda y: y.reshape(-1)),
        "gradient": (lambda: gradient(False), flat),
        "product": (product, flat),
        "new product": (lambda: torch.autograd.grad(gradient(True), p, grad_outputs=v), flat),
        "hessian": (lambda: torch.func.hessian(of_vector)(vector), lambda h: h.reshape(-1)),
        "step": (step, lambda after: after),
    }
    return {name: quantities[name] for name in task["quantities"]}


serve({"name": "PyTorch", "version": torch.__version__}, prepare)
