"""Trains small tokenizers of the three kinds that text models come with, and encodes sentences by them: what tokenizers.jsonl holds.

pip install tokenizers==0.23.3 && python3 make-tokenizers.py > tokenizers.jsonl
"""

import json

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

CORPUS = [
    "The film was wonderful, and the actors played with great warmth.",
    "An awful, boring film: I wasn't moved by any of its 120 minutes.",
    "Der Film war großartig, die Schauspieler spielten mit viel Wärme.",
    "Le film était merveilleux; ça m'a beaucoup ému.",
    "Фильм был замечательным, актёры играли тепло.",
    "这部电影非常精彩，演员的表演很感人。",
    "この映画は素晴らしかった。俳優の演技も良かった。",
    "영화가 정말 훌륭했고 배우들의 연기도 좋았다.",
    "كان الفيلم رائعًا والممثلون لعبوا بدفء.",
    "फिल्म शानदार थी और अभिनेताओं ने गर्मजोशी से अभिनय किया।",
    "A wonderful film! A great film? The best of 2019.",
]

SENTENCES = [
    "The film was wonderful!",
    "An AWFUL, boring film: I wasn't moved…",
    "Der Film war großartig.",
    "Cafe\u0301 ou café? Ça m'a ému.",
    "Фильм был замечательным, актёры играли.",
    "这部电影非常精彩。",
    "この映画は素晴らしかった。",
    "영화가 정말 훌륭했다.",
    "كان الفيلم رائعًا",
    "फिल्म शानदार थी",
    "ภาพยนตร์ดีมาก",
    "👩‍🎬 gave it 10/10 🎬🎬",
    "  two  spaces,\ta tab,\nand a line ",
    "zzz qqq \u0000x\u00adx ﬁlm Ⅳ ½",
    "a [MASK] b <mask> c",
    "",
]

# Of two texts, or with more tokens than a model takes.
CUT = [
    ("The film was wonderful!", "An awful film", None),
    ("The film", "The film", None),
    ("The film was wonderful, and the actors played with great warmth.", None, 9),
    ("The film was wonderful, and the actors played with great warmth.", "An awful film", 16),
    ("An awful film", "The film was wonderful, and the actors played with great warmth.", 16),
    ("The film was wonderful", "The film was wonderful", 11),
    ("The film", "The film was wonderful, and the actors played with great warmth.", 9),
]


def wordpiece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(show_progress=False, vocab_size=330, special_tokens=special))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    )
    return tokenizer


def byte_level_bpe():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(show_progress=False, vocab_size=420, special_tokens=special, initial_alphabet=alphabet))
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>")), add_prefix_space=False)
    return tokenizer


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("``", '"')])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    special = ["<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(CORPUS, trainers.UnigramTrainer(show_progress=False, vocab_size=330, special_tokens=special, unk_token="<unk>"))
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))])
    return tokenizer


def written(name, tokenizer):
    encodings = [tokenizer.encode(sentence) for sentence in SENTENCES]
    expected = [{"text": text, "ids": found.ids, "words": found.word_ids} for text, found in zip(SENTENCES, encodings)]
    file = json.loads(tokenizer.to_str())
    cut = []
    for text, pair, most in CUT:
        if most is None:
            tokenizer.no_truncation()
        else:
            tokenizer.enable_truncation(most)
        found = tokenizer.encode(text, pair)
        cut.append({"text": text, "pair": pair, "most": most, "ids": found.ids, "types": found.type_ids})
    return json.dumps({"name": name, "expected": expected, "cut": cut, "tokenizer": file}, ensure_ascii=False)


for make in (wordpiece, byte_level_bpe, unigram):
    print(written(make.__name__, make()))
