import { Fault } from '#base'

/**
 * All pages of an answer, in their order.
 *
 * @throws Fault InvalidAnswer when a page's token is none, or was had before: the list would not end.
 */
export async function* pagesOf<Page extends { readonly NextToken?: string | undefined }>(
  ask: (token: string | undefined) => Promise<Page>,
): AsyncGenerator<Page> {
  const had = new Set<string>()
  for (let token: string | undefined; ;) {
    const page = await ask(token)
    yield page
    token = page.NextToken ?? undefined
    if (token === undefined) return
    if (typeof token !== 'string' || token === '' || had.has(token)) {
      throw new Fault('InvalidAnswer', 'AWS did not come to the end of its pages')
    }
    had.add(token)
  }
}
