mail-code-subject = { $code } ist Ihr Code für { $brand }
mail-code-heading = Bestätigen Sie Ihre E-Mail-Adresse
mail-code-intro = Mit diesem Code schließen Sie die Erstellung Ihres Kontos bei { $brand } ab:
mail-code-expiry = Der Code gilt { $minutes ->
    [one] { $minutes } Minute
   *[other] { $minutes } Minuten
}. Geben Sie ihn niemandem weiter.
mail-code-not-you = Wenn Sie ihn nicht angefordert haben, können Sie diese E-Mail ignorieren.
mail-taken-subject = Sie haben schon ein Konto bei { $brand }
mail-taken-heading = Sie haben schon ein Konto
mail-taken-intro = Jemand, vielleicht Sie selbst, wollte mit dieser E-Mail-Adresse ein Konto bei { $brand } erstellen. Sie haben schon eines und können sich einfach anmelden.
mail-taken-not-you = Wenn Sie es nicht waren, können Sie diese E-Mail ignorieren. Nichts hat sich geändert, und wer es versucht hat, hat nicht erfahren, dass Sie ein Konto haben.
mail-test-subject = Test-E-Mail von { $brand }
mail-test-heading = E-Mail funktioniert
mail-test-intro = { $brand } kann mit den jetzigen Einstellungen E-Mails senden.
