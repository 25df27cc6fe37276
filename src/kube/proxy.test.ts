import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { proxyFor } from './proxy.ts'

const api = 'https://api.shop.example:6443'
const proxy = 'http://proxy.test:3128'

// Each row was asked of Go's httpproxy.FromEnvironment().ProxyFunc() as well.
it.each([
  ['no proxy', api, {}, undefined],
  ['the one for https', api, { HTTPS_PROXY: proxy, HTTP_PROXY: 'http://other' }, proxy],
  ['the one for http', 'http://api.shop.example', { HTTP_PROXY: proxy }, proxy],
  ['one of socks', api, { HTTPS_PROXY: 'socks5://p.test' }, 'socks5://p.test'],
  [
    'a password with reserved characters',
    api,
    { HTTPS_PROXY: 'http://u:pa%23ss@p.test:3128' },
    'http://u:pa%23ss@p.test:3128',
  ],
  ['not the one for http', api, { HTTP_PROXY: proxy }, undefined],
  ['a lower-case name', api, { https_proxy: proxy }, proxy],
  ['a proxy without a scheme', api, { HTTPS_PROXY: 'proxy.test:3128' }, proxy],
  ['an exempt name', api, { HTTPS_PROXY: proxy, NO_PROXY: 'api.shop.example' }, undefined],
  ['a name below an exempt one', api, { HTTPS_PROXY: proxy, no_proxy: 'shop.example' }, undefined],
  ['a name below a suffix', api, { HTTPS_PROXY: proxy, NO_PROXY: 'x, .shop.example' }, undefined],
  ['a name below a star', api, { HTTPS_PROXY: proxy, NO_PROXY: '*.shop.example' }, undefined],
  [
    'not the suffix itself',
    'https://shop.example',
    { HTTPS_PROXY: proxy, NO_PROXY: '.shop.example' },
    proxy,
  ],
  ['not another with that end', api, { HTTPS_PROXY: proxy, NO_PROXY: 'hop.example' }, proxy],
  ['everything', api, { HTTPS_PROXY: proxy, NO_PROXY: '*' }, undefined],
  ['an exempt port', api, { HTTPS_PROXY: proxy, NO_PROXY: 'shop.example:6443' }, undefined],
  ['not another port', api, { HTTPS_PROXY: proxy, NO_PROXY: 'shop.example:443' }, proxy],
  ['the usual port', 'https://a.test', { HTTPS_PROXY: proxy, NO_PROXY: 'a.test:443' }, undefined],
  [
    'an address in a network',
    'https://10.96.0.1',
    { HTTPS_PROXY: proxy, NO_PROXY: '10.96.0.0/12' },
    undefined,
  ],
  [
    'an address outside of it',
    'https://10.112.0.1',
    { HTTPS_PROXY: proxy, NO_PROXY: '10.96.0.0/12' },
    proxy,
  ],
  [
    'an exempt address',
    'https://10.1.2.3',
    { HTTPS_PROXY: proxy, NO_PROXY: '10.1.2.3' },
    undefined,
  ],
  ['a name in no network', api, { HTTPS_PROXY: proxy, NO_PROXY: '0.0.0.0/0' }, proxy],
  [
    'IPv6 in a network',
    'https://[fd00:1::5]:6443',
    { HTTPS_PROXY: proxy, NO_PROXY: 'fd00:1::/32' },
    undefined,
  ],
  [
    'IPv6 outside of it',
    'https://[fd00:2::5]',
    { HTTPS_PROXY: proxy, NO_PROXY: 'fd00:1::/32' },
    proxy,
  ],
  [
    'an exempt address written at length',
    'https://[fd00::5]',
    { HTTPS_PROXY: proxy, NO_PROXY: 'fd00:0:0:0:0:0:0:5' },
    undefined,
  ],
  [
    'the same with its port',
    'https://[fd00::5]:6443',
    { HTTPS_PROXY: proxy, NO_PROXY: '[fd00:0::5]:6443' },
    undefined,
  ],
  [
    'an address that IPv6 wraps',
    'https://[::ffff:10.1.2.3]',
    { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' },
    undefined,
  ],
  [
    'no network: its size is missing',
    'https://10.1.2.3',
    { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/' },
    proxy,
  ],
  [
    'no network: its size is a fraction',
    'https://10.1.2.3',
    { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8.5' },
    proxy,
  ],
  [
    'no network: its size is too much',
    'https://10.0.0.0',
    { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/33,10.0.0.0/-1,10.0.0.0/0x8' },
    proxy,
  ],
  [
    'no address: it has a zone',
    'https://[fe80::1]',
    { HTTPS_PROXY: proxy, NO_PROXY: 'fe80::1%eth0,fe80::%eth0/10' },
    proxy,
  ],
  ['exempt IPv6', 'https://[fd00::5]', { HTTPS_PROXY: proxy, NO_PROXY: 'fd00::5' }, undefined],
  ['this machine', 'https://localhost:6443', { HTTPS_PROXY: proxy }, undefined],
  ['this machine by address', 'https://127.0.0.1:6443', { HTTPS_PROXY: proxy }, undefined],
  [
    'this machine by wrapped address',
    'https://[::ffff:127.0.0.1]',
    { HTTPS_PROXY: proxy },
    undefined,
  ],
  ['this machine by IPv6', 'https://[::1]:6443', { HTTPS_PROXY: proxy }, undefined],
])('goes through the proxy that the environment names: %s', (_what, url, variables, expected) => {
  expect(proxyFor(url, variables)).toBe(expected)
})

it('takes a proxy of socks by either of its names', () => {
  expect(proxyFor(api, { HTTPS_PROXY: 'socks5h://p.test:1' })).toBe('socks5://p.test:1')
})

// Most of these Go's programs pass over, and speak to the server without a proxy.
it.each([
  ['a reserved character', 'HTTPS_PROXY', 'http://u:canary#ss@proxy.test:3128'],
  ['a percent sign that encodes nothing', 'HTTPS_PROXY', 'http://u:canary50%@proxy.test:3128'],
  ['one in the user', 'https_proxy', 'http://canary%zz@proxy.test:3128'],
  ['a reserved character after digits', 'HTTPS_PROXY', 'http://u:12#canary@proxy.test:3128'],
  ['a question mark', 'HTTPS_PROXY', 'http://u?canary@proxy.test:3128'],
  ['another protocol', 'HTTPS_PROXY', 'ftp://u:canary@proxy.test'],
  ['no host', 'https_proxy', 'http://'],
  ['no port', 'HTTPS_PROXY', 'proxy.test:canary'],
])('names the variable whose proxy cannot be used, not its text: %s', (_what, name, given) => {
  let thrown: unknown
  try {
    proxyFor(api, { [name]: given })
  } catch (error) {
    thrown = error
  }
  expect(thrown).toMatchObject({ reason: 'InvalidSpec', at: name })
  expect((thrown as Error).cause).toBeUndefined()
  expect(inspect(thrown, { depth: 9, showHidden: true })).not.toContain('canary')
  expect(proxyFor(api, { [name]: given, NO_PROXY: 'shop.example' })).toBeUndefined()
})
