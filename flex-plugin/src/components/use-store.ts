import * as React from 'react'

/** What a component may listen to. */
export interface Subscribable {
  readonly subscribe: (listener: () => void) => () => void
}

/** Draws again whenever the store changes. React 17 has no hook of its own for this. */
export function useStore(store: Subscribable): void {
  const [, draw] = React.useReducer((count: number) => count + 1, 0)
  React.useEffect(() => store.subscribe(draw), [store])
}
