// SPDX-License-Identifier: BSD-2-Clause
// TlsClient HOST PORT implicit|imap|pop3 PROTOCOLS: one TLS session with the protocols named, old ones and SSLv2Hello included;
// what comes on standard input is sent through it; prints the version and the cipher suite that were negotiated.
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.security.Security;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

class TlsClient {
    static final X509TrustManager TRUST_ALL = new X509TrustManager() {
        public void checkClientTrusted(X509Certificate[] chain, String type) {}
        public void checkServerTrusted(X509Certificate[] chain, String type) {}
        public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
    };

    static String line(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read())
            text.append((char) c);
        return text.toString();
    }

    static void upgrade(Socket plain, String request, String answer) throws IOException {
        line(plain.getInputStream());
        plain.getOutputStream().write(request.getBytes());
        if (!line(plain.getInputStream()).startsWith(answer))
            throw new IOException("no TLS offered");
    }

    public static void main(String[] arguments) throws Exception {
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
        Security.setProperty("jdk.certpath.disabledAlgorithms", "");
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {TRUST_ALL}, null);
        try (Socket plain = new Socket(arguments[0], Integer.parseInt(arguments[1]))) {
            plain.setSoTimeout(8000);
            plain.setTcpNoDelay(true);
            if (arguments[2].equals("imap"))
                upgrade(plain, "a1 STARTTLS\r\n", "a1 OK");
            if (arguments[2].equals("pop3"))
                upgrade(plain, "STLS\r\n", "+OK");
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, arguments[0], plain.getPort(), true);
            socket.setEnabledProtocols(arguments[3].split(","));
            socket.setEnabledCipherSuites(context.getSupportedSSLParameters().getCipherSuites());
            socket.startHandshake();
            System.out.println(socket.getSession().getProtocol() + " " + socket.getSession().getCipherSuite());
            OutputStream out = socket.getOutputStream();
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
            for (String text = input.readLine(); text != null; text = input.readLine())
                out.write((text + "\r\n").getBytes());
            out.flush();
            while (!line(socket.getInputStream()).isEmpty())
                continue;
            socket.close();
        }
    }
}
