sign-up-page = Konto erstellen
sign-up-title = { $brand }-Konto erstellen
sign-up-password-hint = Mindestens { $min } Zeichen
sign-up-action = Konto erstellen
sign-up-have-account = Sie haben schon ein Konto?
sign-up-several = Bitte prüfen Sie diese Felder:

verify-title = Sehen Sie in Ihr Postfach
verify-sent = Wir haben einen 6-stelligen Code an { $email } gesendet
verify-code = Code aus der E-Mail
verify-action = Bestätigen
verify-nothing-came = Nichts angekommen?
verify-resend = Neuen Code senden
verify-resend-wait = in { $time }
verify-wrong-address = Falsche Adresse?
verify-other-address = Eine andere verwenden
