/**
 * What a rule hangs on that asks for mutual authentication (Cilium): its `condition`, in the words of this constant, so that a profile under which nothing
 * is authenticated can take it away. It stands in a rule that allows and in one that denies: whoever asks for it asks it of what other rules allow, too.
 */
export const mutualAuthentication = 'whether the two ends authenticate each other';
