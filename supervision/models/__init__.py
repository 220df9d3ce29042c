"""The tables of supervision; each module may use those before it."""

from supervision.models.orders import OrderItem, SupervisionOrder, Urge, UrgedItem
from supervision.models.problems import Problem, Remedy
from supervision.models.talks import Blocker, Talk

from supervision.models.samples import Sample, SampledItem  # isort: skip

__all__ = [
    "Blocker", "OrderItem", "Problem", "Remedy", "Sample", "SampledItem", "SupervisionOrder", "Talk", "Urge",
    "UrgedItem",
]  # fmt: skip
