import { describe, expect, it } from 'vitest'
import { labelSelector } from './label-selector.ts'

const labels = { x: '1', y: 'z', 'a.b/c': '' }

describe('a label selector', () => {
  it.each([
    ['', true],
    ['x=1', true],
    ['x==1,y=z', true],
    ['x!=1', false],
    ['q!=1', true],
    ['x in (1,2)', true],
    ['x in ( 2 , 3 )', false],
    ['q notin (1)', true],
    ['x', true],
    ['!q', true],
    ['x>0', true],
    ['x<1', false],
    ['y>0', false],
    ['a.b/c=', true],
    ['a.b/c in ()', true],
    ['in', false],
    ['toString', false],
    ['constructor in (a)', false],
  ])('%s', (text, expected) => {
    expect(labelSelector(text)(labels)).toBe(expected)
  })

  // As kube-apiserver 1.36.1 answered them.
  it.each([
    ['x in', "unable to parse requirement: found '' expected: '('"],
    ['x in (', "unable to parse requirement: found '', expected: ',', ')' or identifier"],
    ['=1', "found '=', expected: !, identifier, or 'end of string'"],
    ['x=1=2', "found '=', expected: ',' or 'end of string'"],
    ['a b=c', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['x=1,', "found '', expected: identifier after ','"],
    [
      'x>a',
      "unable to parse requirement: values[0]: Invalid value: \"a\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    ['!x=1', "found '=', expected: ',' or 'end of string'"],
    [
      `x=${'a'.repeat(64)}`,
      `unable to parse requirement: values[0][x]: Invalid value: "${'a'.repeat(64)}": must be no more than 63 bytes`,
    ],
  ])('%s is refused in the words of the real server', (text, message) => {
    expect(() => labelSelector(text)).toThrow(message)
  })
})
