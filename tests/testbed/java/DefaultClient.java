// SPDX-License-Identifier: BSD-2-Clause
// DefaultClient HOST PORT: one hello with the settings that Java comes with.
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

class DefaultClient {
    public static void main(String[] arguments) throws Exception {
        try (SSLSocket socket = (SSLSocket) SSLSocketFactory.getDefault().createSocket(arguments[0], Integer.parseInt(arguments[1]))) {
            socket.startHandshake();
        } catch (javax.net.ssl.SSLException unknownCertificate) {
            return; // it has said hello
        }
    }
}
