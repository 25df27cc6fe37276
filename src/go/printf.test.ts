import { describe, expect, it } from 'vitest'

import { parseTemplate, render } from '#template'

const rendered = (text: string): string =>
  Buffer.from(render(parseTemplate(text, { engine: 'eso' }), new Map())).toString()

describe('printf', () => {
  // Asked of Go 1.26.8: a list that is nil stands nowhere.
  it.each([
    ['%p', '0x0'],
    ['%#p', '0'],
    ['%.p', ''],
    ['%.0p', ''],
    ['%.3p', '0x000'],
    ['%# p', ' 0'],
    ['%08p', '0x00000000'],
    ['%-5p', '0x0  '],
    ['%+p', '+0x0'],
  ])('writes where nil is by %s as %j', (verb, text) => {
    expect(rendered(`{{ printf "${verb}" (regexFindAll "x" "y" -1) }}`)).toBe(text)
  })

  it('writes where a list or map is as a number of base 16', () => {
    expect(rendered('{{ printf "%p %p" (list 1) (dict) }}')).toMatch(/^0x[0-9a-f]+ 0x[0-9a-f]+$/)
    expect(rendered('{{ printf "%#p" (list 1) }}')).toMatch(/^[0-9a-f]+$/)
  })
})
