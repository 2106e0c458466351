"""Owners and pages read reasons in their language."""

import pytest

from notifier.rendering.reasons import reason_in


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no address for sms and email", "sin dirección para sms y email"),
        (
            "each notice of this rule waits until a person has approved its words",
            "cada aviso de esta regla espera a que una persona apruebe sus palabras",
        ),
        ("no address for sms and no consent for email", "sin dirección para sms; sin consentimiento para email"),
        (
            "quiet hours until 2026-03-05 08:00 America/Bogota, and it helps only before 2026-03-05 07:00",
            "horas de descanso hasta 2026-03-05 08:00 America/Bogota, y solo sirve antes de 2026-03-05 07:00",
        ),
        (
            "not sent before its time was over at 2026-03-05 15:00 UTC",
            "no se envió antes de que venciera: 2026-03-05 15:00 UTC",
        ),
        (
            "501 recipients in 24 h are more than the rule's limit of 500; a person must approve",
            "501 destinatarios en 24 h superan el límite de la regla, 500; una persona debe aprobarlo",
        ),
        (
            "what the rule says is true; no address for email",
            "se cumple lo que dice la regla; sin dirección para email",
        ),
        (
            "waits until 2026-03-03 10:30 America/Bogota for what becomes of the first 50 who hear this version",
            "espera hasta 2026-03-03 10:30 America/Bogota a ver qué pasa con los primeros 50 que oyen esta versión",
        ),
        (
            "3 of the first 50 (95 %: 2 to 16 %) did not get it, and 3 stop it; a person must approve",
            "3 de los primeros 50 (95 %: 2 a 16 %) no lo recibieron, y 3 lo detienen; una persona debe aprobarlo",
        ),
        (
            "9 of the first 200 (95 %: 2 to 8 %) wrote back, and more than 4 % stop it; a person must approve",
            "9 de los primeros 200 (95 %: 2 a 8 %) respondieron, y más del 4 % lo detienen; una persona debe aprobarlo",
        ),
        (
            "2 people must approve it, each by themselves; 1 did",
            "2 personas deben aprobarlo, cada una por su cuenta; 1 ya lo hizo",
        ),
        (
            "no consent for whatsapp and sms and whatsapp: opted out at the provider (since 2026-03-03)",
            "sin consentimiento para whatsapp y sms; whatsapp: se dio de baja ante el proveedor (desde 2026-03-03)",
        ),
        (
            "what the rule says is true; in one message with 7K3QM-X9T2A, 8K3QM-X9T2A and 2 more",
            "se cumple lo que dice la regla; en un solo mensaje con 7K3QM-X9T2A, 8K3QM-X9T2A y 2 más",
        ),
        ("in one message with 7K3QM-X9T2A", "en un solo mensaje con 7K3QM-X9T2A"),
        ("in one message with 7K3QM-X9T2A and 8K3QM-X9T2A", "en un solo mensaje con 7K3QM-X9T2A y 8K3QM-X9T2A"),
        ("by sms and email in the message of 7K3QM-X9T2A", "por sms y email en el mensaje de 7K3QM-X9T2A"),
        ("told already at 2026-03-05 15:00 UTC", "ya avisado: 2026-03-05 15:00 UTC"),
        ("told already at 15:00 UTC, and did not arrive", "ya avisado: 15:00 UTC, y no llegó"),
        ("told already at 15:00 UTC, delivered by sms", "ya avisado: 15:00 UTC, entregado por sms"),
        (
            "what 7K3QM-X9T2A told did not arrive; sms: no receipt came",
            "lo que dijo 7K3QM-X9T2A no llegó; sms: no llegó ningún acuse de recibo",
        ),
        (
            "no address for email and sms: asked for no more by reply on 2026-03-03",
            "sin dirección para email; sms: pidió por respuesta no recibir más el 2026-03-03",
        ),
        (
            "closed by contact law until 2026-03-09 08:00 America/Bogota",
            "la ley de contacto no lo permite hasta 2026-03-09 08:00 America/Bogota",
        ),
        (
            "what the rule says is true; no contact left on email",
            "se cumple lo que dice la regla; no quedan contactos por email",
        ),
        (
            "48h before appointment.starts_at; 550 5.1.1 no such user",
            "48h before appointment.starts_at; 550 5.1.1 no such user",
        ),
    ],
)
def test_a_reason_is_read_in_spanish_part_by_part(written: str, read: str) -> None:
    assert reason_in(written, "es") == read
    assert reason_in(written, "en") == written
    assert reason_in(written, "pt") == written
