"""Writes a small table of SentencePiece's normalizer, and what the Python library makes of texts by it: what precompiled.json holds.

pip install tokenizers==0.23.3 sentencepiece==0.2.3 protobuf && python3 make-precompiled.py > precompiled.json
"""

import base64
import io
import json
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import normalizers

RULES = {"ﬁ": "fi", "Ⅳ": "IV", "½": "1⁄2", "e\u0301": "é", "\u200d": " ", "\t": " ", "Ａ": "A", "㍿": "株式会社", "\u00ad": "", "\u1100\u1161": "가", "가\u11a8": "각"}
TEXTS = [
    "👩\u200d🎬 gave it 10/10 🎬🎬",
    "👨\u200d👩\u200d👧\u200d👦 and 🏳️\u200d🌈",
    "ﬁlm Ⅳ ½ ㍿ soft\u00adly",
    "Cafe\u0301 and e\u0301\u0323, Ａ\u0301",
    "\u1100\u1161\u11a8 가\u11a8",
    "a\tb\u0000\tc",
    "ﬁ\u0301 e\u200d",
    "plain",
    "",
]

with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rules, tempfile.NamedTemporaryFile("w", suffix=".txt") as corpus:
    for key, becomes in RULES.items():
        rules.write(" ".join(f"{ord(c):04X}" for c in key) + "\t" + " ".join(f"{ord(c):04X}" for c in becomes) + "\n")
    rules.flush()
    corpus.write("The film was wonderful.\nAn awful film.\n" * 20)
    corpus.flush()
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        input=corpus.name, model_writer=written, vocab_size=30, hard_vocab_limit=False, normalization_rule_tsv=rules.name, minloglevel=2
    )
model = sentencepiece_model_pb2.ModelProto()
model.ParseFromString(written.getvalue())
table = model.normalizer_spec.precompiled_charsmap
normalizer = normalizers.Precompiled(table)
pairs = [[text, normalizer.normalize_str(text)] for text in TEXTS]
print(json.dumps({"table": base64.b64encode(table).decode(), "pairs": pairs}))
