/** PEM text that looks right; nothing parses it. */
export const CERTIFICATE =
  "-----BEGIN CERTIFICATE-----\nMIIBc2VjcmV0Y2VydA==\n-----END CERTIFICATE-----\n";
export const AUTHORITY =
  "-----BEGIN CERTIFICATE-----\nMIIBYXV0aG9yaXR5\n-----END CERTIFICATE-----\n";
export const KEY =
  "-----BEGIN PRIVATE KEY-----\nMIIBc2VjcmV0a2V5\n-----END PRIVATE KEY-----\n";

/** Two client certificates that can be parsed, with their keys; valid to 2126. */
export const REAL: readonly {
  readonly certificate: string;
  readonly key: string;
}[] = [
  {
    certificate: `-----BEGIN CERTIFICATE-----
MIIBiTCCAS+gAwIBAgIUTYjuOoSdpfvIzzn+lLIX3Ogx+N0wCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOcG9kd2lyZS10ZXN0LTEwIBcNMjYxMTI5MTAxNDMyWhgPMjEy
NjExMDUxMDE0MzJaMBkxFzAVBgNVBAMMDnBvZHdpcmUtdGVzdC0xMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEGahy9HsU/XmOT8r9IIM8VUqSdz8Krfjnh1tDYz+F
2JYAQQ9BYexezURjqz1U8xWa524J7o8Se8Ex9pv+w26236NTMFEwHQYDVR0OBBYE
FJv8nh5dMVdXzQo9TBiit/rzpPI3MB8GA1UdIwQYMBaAFJv8nh5dMVdXzQo9TBii
t/rzpPI3MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgeJeiwxGa
SgagMrPysxceHjX4hzMU0oNTaSoLvAjQtksCIQC6obl8/B1BWtc1h/2PuymarmVi
b5+5FldlwAEhNWuOSg==
-----END CERTIFICATE-----
`,
    key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgASxb4DcoOjEcpIDi
Dba733zpOjxfwsCqdZ6Tgi7qqR2hRANCAAQZqHL0exT9eY5Pyv0ggzxVSpJ3Pwqt
+OeHW0NjP4XYlgBBD0Fh7F7NRGOrPVTzFZrnbgnujxJ7wTH2m/7Dbrbf
-----END PRIVATE KEY-----
`,
  },
  {
    certificate: `-----BEGIN CERTIFICATE-----
MIIBiTCCAS+gAwIBAgIUMZ9rJNlzVi8lvz+pNC5RZgdrj5kwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOcG9kd2lyZS10ZXN0LTIwIBcNMjYxMTI5MTAxNDMyWhgPMjEy
NjExMDUxMDE0MzJaMBkxFzAVBgNVBAMMDnBvZHdpcmUtdGVzdC0yMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEYGhk4vkrf2fh8VAt7vVGUsKxrKzdRipjDvOuDicX
eB93GwMyWQ7LBh6yA31Q3XnibfkPO4/a01/CCLUW5DxsSqNTMFEwHQYDVR0OBBYE
FAWcAeaBQWAuN6uJpO0lyJjmVxbkMB8GA1UdIwQYMBaAFAWcAeaBQWAuN6uJpO0l
yJjmVxbkMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAP7Pic86
idBcQpWmvH38Se+bEbqj40Hnipb8F7ta3g2aAiBfLU6npRLo0QwrNoaRR9A95v0Z
/ahlSooW7Bk2Rh/JuA==
-----END CERTIFICATE-----
`,
    key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMU9mPWSdS982wtJ9
ScRu7Zr5Afkxx477TPWZ8NbT8B2hRANCAARgaGTi+St/Z+HxUC3u9UZSwrGsrN1G
KmMO864OJxd4H3cbAzJZDssGHrIDfVDdeeJt+Q87j9rTX8IItRbkPGxK
-----END PRIVATE KEY-----
`,
  },
];

/** A certificate of valid base64 that cannot be parsed. */
export const UNPARSABLE = REAL[0]!.certificate.replace("MIIB", "MIIC");
