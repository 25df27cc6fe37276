import { expect, it } from 'vitest'

import { bcrypt } from './bcrypt.ts'

// Published test vectors of OpenBSD's implementation, as crypt(3) libraries carry them.
const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function saltOf(text: string): Uint8Array {
  let bits = ''
  for (const char of text) bits += alphabet.indexOf(char).toString(2).padStart(6, '0')
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(bits.slice(i * 8, i * 8 + 8), 2))
}

// Each is confirmed by CompareHashAndPassword of golang.org/x/crypto/bcrypt.
it.each([
  ['U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['U*U*', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'],
  ['U*U*U', '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  ['', '$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.'],
])('hashes %j as other implementations do', (password, hash) => {
  const cost = Number(hash.slice(4, 6))
  expect(bcrypt(Buffer.from(password), saltOf(hash.slice(7, 29)), cost)).toBe(hash)
})
