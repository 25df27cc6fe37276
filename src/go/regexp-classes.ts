/**
 * Names of Unicode classes, as Go 1.26 looks them up for `\p{name}`: case, blanks, hyphens and underscores do not
 * count, categories have their long names too, and a script whose own name has an underscore or a capital inside is not
 * found at all. RE2JS wants names as they are written in Unicode's tables, and knows more of them.
 */
const categories = `
  C=Other Cc=Control Cc=cntrl Cf=Format Cn=Unassigned Co=PrivateUse Cs=Surrogate L=Letter LC=CasedLetter Ll=LowercaseLetter
  Lm=ModifierLetter Lo=OtherLetter Lt=TitlecaseLetter Lu=UppercaseLetter M=Mark M=CombiningMark Mc=SpacingMark Me=EnclosingMark
  Mn=NonspacingMark N=Number Nd=DecimalNumber Nd=digit Nl=LetterNumber No=OtherNumber P=Punctuation P=punct
  Pc=ConnectorPunctuation Pd=DashPunctuation Pe=ClosePunctuation Pf=FinalPunctuation Pi=InitialPunctuation Po=OtherPunctuation
  Ps=OpenPunctuation S=Symbol Sc=CurrencySymbol Sk=ModifierSymbol Sm=MathSymbol So=OtherSymbol Z=Separator Zl=LineSeparator
  Zp=ParagraphSeparator Zs=SpaceSeparator`

const scripts = `
  Adlam Ahom Arabic Armenian Avestan Balinese Bamum Batak Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid Carian
  Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Dogra Duployan Elbasan Elymaic
  Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gurmukhi Han Hangul Hanunoo Hatran Hebrew Hiragana Inherited
  Javanese Kaithi Kannada Katakana Kawi Kharoshthi Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Lisu Lycian Lydian Mahajani
  Makasar Malayalam Mandaic Manichaean Marchen Medefaidrin Miao Modi Mongolian Mro Multani Myanmar Nabataean Nandinagari Newa
  Nko Nushu Ogham Oriya Osage Osmanya Palmyrene Phoenician Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham Sinhala
  Sogdian Soyombo Sundanese Syriac Tagalog Tagbanwa Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto
  Ugaritic Vai Vithkuqi Wancho Yezidi Yi`

const wordsOf = (text: string): string[] => text.trim().split(/\s+/)

const known: ReadonlyMap<string, string> = new Map([
  ...[...wordsOf(scripts), 'Any', 'Assigned', 'ASCII'].map(
    (name) => [name.toLowerCase(), name] as const,
  ),
  ...wordsOf(categories).flatMap((pair) => {
    const [name = '', alias = ''] = pair.split('=')
    return [name, alias].map((word) => [word.toLowerCase(), name] as const)
  }),
])

/** Quoted runs, class names, other escapes, and where a bracket class begins and ends. */
const token = /\\Q.*?(?:\\E|$)|\\([pP])(?:\{([^}]*)\}|(.))|\\.|\[:\^?\w+:\]|\[\^?\]?|\]/gsu

/**
 * A pattern with the names of its Unicode classes as RE2JS knows them.
 *
 * @returns `undefined` when it has a name that Go does not know.
 */
export function withKnownClasses(source: string): string | undefined {
  if (!/\\[pP]/.test(source)) return source
  let isInside = false
  let isKnown = true
  const made = source.replace(token, (whole, letter?: string, braced?: string, single?: string) => {
    if (letter === undefined) {
      if (whole === ']') isInside = false
      else if (/^\[(?!:.*:\]$)/s.test(whole)) isInside = true
      return whole
    }
    const written = braced ?? single ?? ''
    const isNegated = (letter === 'P') !== written.startsWith('^')
    const name = known.get(written.replace(/^\^/, '').replace(/[ _-]/g, '').toLowerCase())
    if (name === undefined) isKnown = false
    if (name !== 'ASCII') return `\\${isNegated ? 'P' : 'p'}{${name ?? ''}}`
    if (isInside) return isNegated ? '\\x{80}-\\x{10FFFF}' : '\\x00-\\x7F'
    return isNegated ? '[^\\x00-\\x7F]' : '[\\x00-\\x7F]'
  })
  return isKnown ? made : undefined
}
