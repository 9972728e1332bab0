"""PyTorch in float64 on the CPU. Argument: the number of threads. Each quantity in the fastest of its ways, with torch.compile or not."""

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
    p, v, data = [[torch.from_numpy(part.copy()) for part in parts] for parts in (p, v, data)]
    taped = [leaf.clone().requires_grad_() for leaf in p]
    f = losses[task["model"]]
    of_vector = lambda vector, *data: f(split(vector, p), *data)
    compiled = lambda g: torch.compile(g, dynamic=False)
    backward = lambda create_graph=False: torch.autograd.grad(f(taped, *data), taped, create_graph=create_graph)
    kept, vector = [], flat(p)

    def function():
        with torch.no_grad():
            return f(taped, *data)

    def product():
        if not kept:
            kept.append(backward(True))
        return torch.autograd.grad(kept[0], taped, grad_outputs=v, retain_graph=True)

    def twice(p, v, *data):
        along = lambda p: sum((g * w).sum() for g, w in zip(torch.func.grad(f)(p, *data), v))
        return torch.func.grad(along)(p)

    # Compiled where it is first called: where that fails, the other way is left.
    def linearized():
        replay = []

        def run():
            if not replay:
                replay.append(compiled(torch.func.linearize(lambda p: torch.func.grad(f)(p, *data), p)[1]))
            return replay[0](v)

        return run

    def step(hessian, gradient, after_step):
        def run():
            values, vectors = torch.linalg.eigh(hessian(vector, *data))
            along = (vectors.T @ gradient(vector, *data)) / (values.abs() + task["damping"])
            after = vector - vectors @ along
            after_step(after, *data)
            return after

        return run

    # torch.compile looks into functions of the user only, not into what torch.func returns.
    parts = (
        lambda x, *data: torch.func.hessian(of_vector)(x, *data),
        lambda x, *data: torch.func.grad(of_vector)(x, *data),
        lambda x, *data: torch.func.grad_and_value(of_vector)(x, *data),
    )
    compiled_f, compiled_twice, compiled_hessian = compiled(f), compiled(twice), compiled(parts[0])
    compiled_gradient = compiled(lambda p, *data: torch.func.grad(f)(p, *data))
    quantities = {
        "function": ({"eager": function, "compiled": lambda: compiled_f(p, *data)}, lambda y: y.reshape(-1)),
        "gradient": ({"backward": backward, "compiled gradient": lambda: compiled_gradient(p, *data)}, flat),
        "product": (
            {
                "double backward, graph kept": product,
                "compiled linearized gradient": linearized(),
                "compiled gradient of gradient": lambda: compiled_twice(p, v, *data),
            },
            flat,
        ),
        "new product": (
            {
                "double backward": lambda: torch.autograd.grad(backward(True), taped, grad_outputs=v),
                "compiled gradient of gradient": lambda: compiled_twice(p, v, *data),
            },
            flat,
        ),
        "hessian": (
            {"functional": lambda: parts[0](vector, *data), "compiled": lambda: compiled_hessian(vector, *data)},
            lambda h: h.reshape(-1),
        ),
        "step": ({"functional": step(*parts), "compiled": step(*map(compiled, parts))}, lambda after: after),
    }
    return {name: quantities[name] for name in task["quantities"]}


serve({"name": "PyTorch", "version": torch.__version__}, prepare)
