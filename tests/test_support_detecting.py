"""Which language a text is in: said only when it is beyond doubt, and never against what the customer asks for."""

import pytest

from shop.support.requests.detecting import asked_for, detected
from shop.support.requests.speaking import Spoken, of_form, of_mail

HOUSE = ("de", "fr", "it", "en", "ja", "ar", "es", "pt-BR")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Wie reinige ich den Mixbehälter? Er ist nicht mehr dicht."),
        ("en", "How do I clean the jar of my blender?"),
        ("fr", "Comment nettoyer le bol de mon mixeur, je ne sais pas"),
        ("it", "Come posso pulire il bicchiere del frullatore? Non lo so"),
        ("es", "¿Cómo puedo limpiar la jarra de mi batidora?"),
        ("pt", "Como posso limpar o copo do meu liquidificador? Não sei"),
        ("ja", "ミキサーの容器はどうやって洗えばいいですか。教えてください。"),
        ("ar", "كيف يمكنني تنظيف وعاء الخلاط الذي اشتريته منكم؟"),
        ("nl", "Hoe kan ik de beker van mijn blender schoonmaken"),
    ],
)
def test_a_sentence_is_known(language: str, text: str) -> None:
    assert detected(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "OK",
        "Danke!",  # too short
        "HB-BL-230 HBBL2634-00417-K 12345678901234567890",  # no words
        "Harbourbench Harbourbench Harbourbench",
        "怎么清洗搅拌机的杯子请告诉我谢谢您们的帮助好的",  # Chinese: no kana
        "چگونه می‌توانم ظرف مخلوط‌کن را تمیز کنم؟ گ",  # Persian, in the script of Arabic
        "Як почистити чашу мого блендера? Дякую",
        "no no no no no no no no",
        "die the le il el o de het",
        "\u202e\u2066 🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉",
        "x" * 1_000_000,
    ],
)
def test_what_is_in_doubt_is_not_said(text: str) -> None:
    assert detected(text) == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Please answer in English.", "en"),
        ("Could you reply to me in German? Thanks", "de"),
        ("Bitte antworten Sie mir auf Französisch", "fr"),
        ("répondez-moi en italien svp", "it"),
        ("Puede contestar en alemán", "de"),
        ("responda em português", "pt-BR"),
        ("日本語でご回答ください", "ja"),
        ("英語で返信お願いします", "en"),
        ("الرد باللغة العربية من فضلكم", "ar"),
        ("The manual is in English, the label in German.", ""),
        ("Please answer in English or reply in German.", ""),  # either: not for us to choose
        ("Please answer in Klingon.", ""),
    ],
)
def test_a_wish_for_a_language_is_read_in_any_of_them(text: str, language: str) -> None:
    assert asked_for(text, HOUSE) == language


SWISS = ("de", "fr", "it")


@pytest.mark.parametrize(
    ("chosen", "text", "spoken"),
    [
        ("fr", "Bitte auf Italienisch antworten", Spoken("fr", "chosen")),
        ("", "Bitte auf Italienisch antworten", Spoken("it", "chosen")),
        ("", "Comment nettoyer le bol de mon mixeur, je ne sais pas", Spoken("de", "page")),
        ("ja", "Wie reinige ich ihn?", Spoken("de", "page")),  # not offered here
        ("", "Please answer in English.", Spoken("de", "page")),
    ],
)
def test_the_choice_in_a_form_comes_first_and_nothing_is_guessed(chosen: str, text: str, spoken: Spoken) -> None:
    assert of_form(SWISS, "de", chosen=chosen, text=text) == spoken


FRENCH = "Bonjour, comment nettoyer le bol de mon mixeur ? Je ne sais pas."


@pytest.mark.parametrize(
    ("text", "page", "before", "spoken"),
    [
        (FRENCH + " Répondez en italien.", "de", "de", Spoken("it", "chosen")),
        (FRENCH, "it", "de", Spoken("it", "page")),
        (FRENCH, "", "de", Spoken("fr", "detected")),
        ("Hallo?", "", "it", Spoken("it", "order")),
        ("Hallo?", "", "", Spoken("de", "market")),
        ("Hello, how do I clean the jar of this blender?", "", "", Spoken("de", "market", others=True)),
        ("Hoe kan ik de beker van mijn blender schoonmaken", "", "", Spoken("de", "market")),
    ],
)
def test_a_mail_is_answered_in_what_it_asks_for_then_what_it_is_surely_written_in(
    text: str, page: str, before: str, spoken: Spoken
) -> None:
    assert of_mail(SWISS, ("en",), text, page=page, before=before) == spoken


def test_the_nearest_variant_of_a_detected_language_is_taken() -> None:
    text = "Como posso limpar o copo do meu liquidificador? Não sei"
    assert of_mail(("en", "pt-BR"), (), text) == Spoken("pt-BR", "detected")
