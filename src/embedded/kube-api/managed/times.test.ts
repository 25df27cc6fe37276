/** The times of owners, and their order, as kube-apiserver 1.36.1 has them. */
import { simEnv } from '#base/env'
import { expect, it } from 'vitest'
import { createKubeApi } from '../kube-api.ts'
import { listAt, textAt, type Obj } from '../object.ts'

const path = '/api/v1/namespaces/default/configmaps'

it('whoever changes what is theirs already has the time of it, and comes after the others', async () => {
  const env = simEnv(1)
  const api = createKubeApi({ env })
  const send = async (manager: string, method: string, at: string, body: object): Promise<Obj> => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const request = new Request(`http://any${at}?fieldManager=${manager}`, {
      method,
      headers: { 'content-type': type },
      body: JSON.stringify(body),
    })
    return (await (await api.handle(request)).json()) as Obj
  }
  const owners = ({ metadata }: Obj): string[] =>
    listAt(metadata, 'managedFields').map((one) => textAt(one, 'manager'))
  await send('a', 'POST', path, { metadata: { name: 'one' }, data: { x: '1' } })
  await env.clock.advance(2000)
  const both = await send('b', 'PATCH', `${path}/one`, { data: { y: '1' } })
  expect(owners(both)).toEqual(['a', 'b'])
  await env.clock.advance(2000)
  const later = await send('a', 'PATCH', `${path}/one`, { data: { x: '2' } })
  expect(owners(later)).toEqual(['b', 'a'])
  await env.clock.advance(2000)
  const same = await send('b', 'PATCH', `${path}/one`, { data: { y: '1' } })
  expect(same.metadata).toEqual(later.metadata)
  api.close()
})
