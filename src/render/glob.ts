/**
 * Patterns of `#` and `%` substitutions: `*`, `?`, `[a-z]`, `\`; nothing special about slashes. All starts
 * of a text are tried in one walk through it, with every place of the pattern that is possible at a time.
 */
import { runeAt, type ByteString } from '#go'

/** Told how much was done; may throw. */
type Step = (count: number) => void

/** One element of a pattern but a star. */
type Fits = (code: number, width: number) => boolean

/** A star, or what one character has to be. */
type Element = '*' | Fits

/**
 * The length of the shortest or longest start of a text, in bytes, that fits a pattern; 0 for none, or for a
 * malformed pattern. A start may end within a character, whose bytes are then one bad character each.
 *
 * @param step Told how much was done; may throw.
 */
export function fittingStart(
  pattern: ByteString,
  text: ByteString,
  which: 'shortest' | 'longest',
  step: Step,
): number {
  step(pattern.length)
  const elements = elementsOf(pattern, step)
  if (elements === undefined) return 0
  const end = elements.length
  let places: readonly number[] = settled(elements, [0])
  let found = 0
  for (let at = 0; at < text.length && places.length > 0;) {
    const { code, width } = runeAt(text, at)
    let within = places
    for (let i = 1; i < width; i++) {
      within = advanced(elements, within, 0xfffd, 1, step)
      if (within.at(-1) === end) found = at + i
      if (found > 0 && which === 'shortest') return found
    }
    places = advanced(elements, places, code, width, step)
    at += width
    if (places.at(-1) === end) found = at
    if (found > 0 && which === 'shortest') return found
  }
  return found
}

/** Where the pattern may stand once one character more is read. */
function advanced(
  elements: readonly Element[],
  places: readonly number[],
  code: number,
  width: number,
  step: Step,
): readonly number[] {
  step(places.length + 1)
  const next: number[] = []
  for (const place of places) {
    const element = elements[place]
    if (element === '*') next.push(place)
    else if (element?.(code, width) === true) next.push(place + 1)
  }
  return settled(elements, next)
}

/** In order, each once, stars opened; what stands before the last star reaches nothing that the star does not. */
function settled(elements: readonly Element[], places: readonly number[]): readonly number[] {
  const star = places.findLast((place) => elements[place] === '*')
  const all: number[] = star === undefined ? [] : [star, star + 1]
  for (const place of places) if (place > (star ?? -1) && place !== all.at(-1)) all.push(place)
  return all
}

/** Undefined for a malformed pattern: no text fits what is behind the mistake. */
function elementsOf(pattern: ByteString, step: Step): readonly Element[] | undefined {
  const elements: Element[] = []
  for (let at = 0; at < pattern.length;) {
    const char = pattern[at]
    if (char === '*') {
      if (elements.at(-1) !== '*') elements.push('*')
      at++
    } else if (char === '?') {
      elements.push(() => true)
      at++
    } else if (char === '[') {
      const found = classAt(pattern, at, step)
      if (found === undefined) return undefined
      elements.push(found.fits)
      at = found.next
    } else {
      if (char === '\\') at++
      if (at >= pattern.length) return undefined
      const wanted = runeAt(pattern, at)
      elements.push((code, width) => code === wanted.code && width === wanted.width)
      at += wanted.width
    }
  }
  return elements
}

interface Class {
  readonly fits: Fits
  readonly next: number
}

function classAt(pattern: ByteString, start: number, step: Step): Class | undefined {
  let at = start + 1
  const isNegated = pattern[at] === '^'
  if (isNegated) at++
  const ranges: (readonly [number, number])[] = []
  while (pattern[at] !== ']' || ranges.length === 0) {
    const low = bound(pattern, at)
    const high = low && pattern[low.next] === '-' ? bound(pattern, low.next + 1) : low
    if (low === undefined || high === undefined) return undefined
    ranges.push([low.code, high.code])
    at = high.next
  }
  const isIn = (code: number): boolean => {
    step(ranges.length)
    return ranges.some(([low, high]) => low <= code && code <= high)
  }
  return { fits: (code) => isIn(code) !== isNegated, next: at + 1 }
}

function bound(
  pattern: ByteString,
  at: number,
): { readonly code: number; readonly next: number } | undefined {
  const isEscaped = pattern[at] === '\\'
  const from = isEscaped ? at + 1 : at
  if (from >= pattern.length || (!isEscaped && /[-\]]/.test(pattern[at]!))) return undefined
  const { code, width } = runeAt(pattern, from)
  // A class has an end.
  return from + width < pattern.length ? { code, next: from + width } : undefined
}
