import * as React from 'react'

interface ContainedProps {
  /** Shown instead when something inside fails; `retry` draws it again. */
  readonly instead: (retry: () => void) => React.ReactNode
  readonly children: React.ReactNode
}

/**
 * Keeps a fault in our panel from taking the task canvas down with it. React asks for a class here. Give it the
 * task as its key, so that another task starts anew.
 */
export class Contained extends React.Component<ContainedProps, { readonly isFailed: boolean }> {
  override state: { readonly isFailed: boolean } = { isFailed: false }

  static getDerivedStateFromError(): { readonly isFailed: boolean } {
    return { isFailed: true }
  }

  readonly retry = (): void => this.setState({ isFailed: false })

  override render(): React.ReactNode {
    return this.state.isFailed ? this.props.instead(this.retry) : this.props.children
  }
}
