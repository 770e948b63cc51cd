/** Session data as ProtoStream writes it, by the marshallers that the application brings. */
@NullMarked
package org.typedsession.protostream;

import org.jspecify.annotations.NullMarked;
