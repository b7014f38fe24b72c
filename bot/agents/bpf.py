"""Classic BPF: the kernel's small machine that looks at every frame before anybody else does, and its assembler.

Source: include/uapi/linux/bpf_common.h and filter.h; Documentation/networking/filter.rst.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

WORD, HALF, BYTE = 0x20, 0x28, 0x30  # BPF_LD | BPF_ABS with BPF_W, BPF_H or BPF_B: load into A from the frame
WORD_AT_X, HALF_AT_X, BYTE_AT_X = 0x40, 0x48, 0x50  # BPF_LD | BPF_IND: the same, X bytes further on
RECALL, STORE = 0x60, 0x02  # BPF_LD | BPF_MEM and BPF_ST: one of 16 words of memory
SET_X, TO_X, X_TO_A = 0x01, 0x07, 0x87  # BPF_LDX | BPF_IMM; BPF_MISC | BPF_TAX and BPF_TXA
LENGTH = 0x80  # BPF_LD | BPF_W | BPF_LEN: of the frame
ADD, SUBTRACT, AND, SHIFT_LEFT, SHIFT_RIGHT, ADD_X = 0x04, 0x14, 0x54, 0x64, 0x74, 0x0C  # BPF_ALU
GO, IF_EQUAL, IF_ANY_BIT, IF_ABOVE_X = 0x05, 0x15, 0x45, 0x2D  # BPF_JMP with BPF_JA, BPF_JEQ, BPF_JSET, BPF_JGT | BPF_X
RETURN, RETURN_A = 0x06, 0x16  # how many bytes of the frame pass; 0: none of it

TAG, TAG_PRESENT = 0xFFFFF000 + 44, 0xFFFFF000 + 48  # SKF_AD_OFF + SKF_AD_VLAN_TAG(_PRESENT): what the kernel took out

_FARTHEST = 255  # steps that a condition can jump over


class Step(NamedTuple):
    """One instruction; ``then`` and ``other`` are the labels of what follows it (None: the next step)."""

    code: int
    operand: int = 0
    then: str | None = None
    other: str | None = None


def assemble(program: Sequence[Step | str]) -> bytes:
    """The program as an array of ``struct sock_filter``; a string is the label of the step that follows it.

    Raises:
        ValueError: a condition would jump too far.
    """
    labels, steps = dict[str, int](), list[Step]()
    for one in program:
        if isinstance(one, str):
            labels[one] = len(steps)
        else:
            steps.append(one)

    def distance(here: int, label: str | None) -> int:
        return 0 if label is None else labels[label] - here - 1

    code = []
    for here, step in enumerate(steps):
        then, other = distance(here, step.then), distance(here, step.other)
        if step.code == GO:
            code.append(struct.pack("=HBBI", GO, 0, 0, then))
        elif max(then, other) > _FARTHEST:
            raise ValueError(f"a jump over {max(then, other)} steps")
        else:
            code.append(struct.pack("=HBBI", step.code, then, other, step.operand))
    return b"".join(code)


def skip_tags(kinds: Sequence[int], most: int) -> list[Step | str]:
    """Steps that set X to the bytes of the tags in front of the EtherType, at most so many; to ``untagged`` then."""
    steps: list[Step | str] = []
    for depth in range(most):
        steps.append(Step(HALF, 12 + depth * 4))
        steps += [Step(IF_EQUAL, kind, f"tag {depth}") for kind in kinds]
        steps += [Step(SET_X, depth * 4), Step(GO, then="untagged"), f"tag {depth}"]
    return [*steps, Step(SET_X, most * 4), "untagged"]
