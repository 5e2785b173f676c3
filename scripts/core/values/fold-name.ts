/** Names compared as people and file systems confuse them: without case, diacritics, script or outer space. */
import anyAscii from 'any-ascii';

/** Latin letters for any script: "Łukasz Żółć" -> "Lukasz Zolc", "山田" -> "ShanTian". */
export function transliterate(text: string): string {
  return anyAscii(text.normalize('NFC'));
}

/** Two names that fold alike must never belong to two people. */
export function foldName(text: string): string {
  return transliterate(text).trim().toLowerCase();
}

/** E-mail addresses compare lower-cased and nothing else is folded: `ü@x` and `u@x` are two mailboxes. */
export function foldEmail(text: string): string {
  return text.trim().toLowerCase();
}
