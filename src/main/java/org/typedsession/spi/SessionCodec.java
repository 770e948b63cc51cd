package org.typedsession.spi;

import org.typedsession.SessionCodecException;

/**
 * How session data of type {@code D} becomes bytes and back.
 *
 * <p>An implementation has these duties; {@code SessionCodecContract} among this library's tests
 * checks what can be checked:
 *
 * <ol>
 *   <li><b>Faithful.</b> {@code decode(encode(d))} equals {@code d}, for every {@code d} that
 *       {@code encode} accepts. What cannot be written faithfully is refused by {@code encode}, or
 *       better when the codec is built, never written in part.
 *   <li><b>Fearless.</b> {@code decode} may be handed anything: an older or a newer version's
 *       bytes, another type's, a cut or damaged array. It answers with a {@code D} or a {@link
 *       SessionCodecException}, whose message quotes nothing of the data: it is logged.
 *   <li><b>Safe.</b> Bytes never choose which class is loaded or built beyond those that {@code D}
 *       itself names. Java serialization is therefore never used, not even for a part.
 *   <li><b>Tolerant of versions.</b> During a rolling update old and new code read each other's
 *       bytes. What the writer knew and the reader does not is ignored; what the reader knows and
 *       the writer did not gets a value that means "absent", which the codec documents. A change it
 *       cannot bridge is a {@link SessionCodecException}, never a guess.
 *   <li><b>Thread-safe.</b> One codec serves all requests at once and keeps no reference to data or
 *       arrays it was given or has returned.
 * </ol>
 *
 * <p><b>The bytes decide what is a change:</b> a request whose changes lead to the bytes that are
 * stored stores nothing. Never does the {@code equals} of the data decide, nor does an object that
 * was handed out and may have been altered in place. It follows for a codec that need not write
 * equal data in one way only (the order of a {@code HashMap}):
 *
 * <ul>
 *   <li>Other bytes for the same data are taken for a change, if not even {@code
 *       encode(decode(stored))} gives them. That costs a write and, where the data declares no
 *       privilege, a new id. So write in one way if you can: sort what has no order.
 *   <li>What {@code encode} leaves out is no change, and is not stored.
 *   <li>{@code encode(decode(bytes))} has to give the same each time, within one JVM.
 * </ul>
 *
 * <p>What is marked as a privilege cannot be told from the bytes of the whole; it is compared by
 * its state, as {@link DataDifference} says, with what {@code decode} makes of what is stored.
 *
 * @param <D> the type of the session data
 */
public interface SessionCodec<D> {

  /**
   * A stable name of the byte format, 1 to 16 of {@code [a-z0-9-]}. It is stored beside the bytes,
   * so that a reader knows them before it reads them: never reuse it for another format.
   *
   * @return always the same name
   */
  String id();

  /**
   * Writes session data.
   *
   * @param data what to write
   * @return a new array that belongs to the caller
   * @throws SessionCodecException if this value cannot be written faithfully
   */
  byte[] encode(D data);

  /**
   * Reads what {@link #encode} of this or another version has written.
   *
   * @param bytes what is stored; not modified
   * @return the session data, never null
   * @throws SessionCodecException for anything it cannot read, garbage included; never any other
   *     exception
   */
  D decode(byte[] bytes);
}
