action-change = Ändern
action-confirm = Bestätigen
action-continue = Weiter
action-sign-in = Anmelden
action-sign-out = Abmelden

development-mode = Entwicklungsmodus
development-inbox = Posteingang öffnen

field-email = E-Mail-Adresse
field-first-name = Vorname
field-last-name = Nachname
field-optional = Optional
field-password = Passwort

field-email-missing = Geben Sie Ihre E-Mail-Adresse ein.
field-email-invalid = Geben Sie eine E-Mail-Adresse wie name@example.com ein.
field-password-missing = Geben Sie Ihr Passwort ein.
field-password-too-short = Verwenden Sie mindestens { $min } Zeichen.
field-password-too-long = Verwenden Sie höchstens { $max } Zeichen.
field-password-invalid = Verwenden Sie nur Buchstaben, Ziffern, Leerzeichen und Satzzeichen.
field-mismatch = E-Mail-Adresse und Passwort passen nicht zusammen. Prüfen Sie beides und versuchen Sie es noch einmal.
field-name-too-long = Verwenden Sie höchstens { $max } Zeichen.
field-name-invalid = Verwenden Sie nur Buchstaben, Ziffern und übliche Satzzeichen.
field-code-missing = Geben Sie den Code aus der E-Mail ein.
field-code-wrong = Das ist nicht der zuletzt gesendete Code. Prüfen Sie die Ziffern und versuchen Sie es noch einmal.
field-code-expired = Dieser Code ist abgelaufen. Fordern Sie unten einen neuen an.
field-code-used-up = Dieser Code wurde zu oft falsch eingegeben. Fordern Sie unten einen neuen an.
field-too-many = Zu viele Versuche. Versuchen Sie es in { $time } noch einmal.

notice-attempt-expired = Das hat eine Weile gedauert. Bitte beginnen Sie noch einmal.
notice-session-ended = Ihre Sitzung ist beendet. Melden Sie sich an, um fortzufahren.
notice-code-sent = Ein neuer Code ist unterwegs. Frühere Codes gelten nicht mehr.
notice-code-too-soon = Eben wurde ein Code gesendet. Bitte warten Sie, bevor Sie einen weiteren anfordern.
notice-codes-used-up = Wir können an diese Adresse vorerst keine Codes mehr senden. Beginnen Sie später noch einmal.
notice-access-removed = Die Anwendung hat keinen Zugriff mehr. Sie muss Sie erneut fragen.
notice-saved = Ihre Änderungen sind gespeichert.

onward-title = Einen Moment
onward-about = Sie werden weitergeleitet. Wenn nichts geschieht, geht es hier weiter.

wait-seconds = { $seconds ->
    [one] { $seconds } Sekunde
   *[other] { $seconds } Sekunden
}
wait-minutes = { $minutes ->
    [one] { $minutes } Minute
   *[other] { $minutes } Minuten
}
wait-hours = { $hours ->
    [one] { $hours } Stunde
   *[other] { $hours } Stunden
}
