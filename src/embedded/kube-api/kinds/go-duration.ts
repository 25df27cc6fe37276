// A digit can stand in one place only: however long the text, it is read once.
const form = /^[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/

/** Whether Go reads the text as a length of time, such as `1h30m`. Source: time.ParseDuration. */
export function isGoDuration(text: string): boolean {
  return form.test(text)
}
