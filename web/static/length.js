// Characters as people count them, and as the server counts them (domain/text.py): a composed character, a flag and a
// picture put together of several are one each, a line end is none.

const PART = /[\n\r]|[\p{Mn}\p{Mc}\p{Me}\p{Cf}]|[\u{1f3fb}-\u{1f3ff}]/u;
const FLAG_LETTER = /[\u{1f1e6}-\u{1f1ff}]/u;
const JOINER = "\u200d";

export function length(text) {
  let counted = 0;
  let before = "";
  let flagLetters = 0;
  for (const character of text.trim().normalize("NFC")) {
    flagLetters = FLAG_LETTER.test(character) ? flagLetters + 1 : 0;
    const isPart =
      PART.test(character) ||
      (before === JOINER && /\p{So}/u.test(character)) ||
      (flagLetters > 0 && flagLetters % 2 === 0);
    if (!isPart) counted += 1;
    before = character;
  }
  return counted;
}

// A text of the page with its places filled in: "{n} / {limit}".
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
